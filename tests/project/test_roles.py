"""What the place of a file says of it."""

import pytest

from pybackend.project.roles import role_of


@pytest.mark.parametrize(
    "path",
    [
        "testauth/settings.py",
        "exampleapp/settings.py",
        "demo-site/settings.py",
        "shop_workbench/settings/base.py",
        "shop-sandbox/settings.py",
        "shop/translations/settings.py",
        "contrib/configuration_shop.py",
        "templates/{{ cookiecutter.project_name }}/settings/base.py",
        "shop/settings/unittest.py",
        "benchmarks/shop.py",
    ],
)
def test_places_of_development(path: str) -> None:
    assert role_of(path).is_development


@pytest.mark.parametrize(
    "path",
    [
        "shop/settings.py",
        "shop/contrib/settings.py",
        "shop/translations/models.py",
        "samples/settings.py",
        "test_results/views.py",
        "shop/settings/production.py",
    ],
)
def test_places_of_nothing_special(path: str) -> None:
    assert not role_of(path).is_development
