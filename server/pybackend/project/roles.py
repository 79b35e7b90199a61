"""What kind of file a path says it is, relative to the project's root."""

from __future__ import annotations

import re
from typing import NamedTuple

_TEST = re.compile(
    r"(^|/)(test|([^/]+[_-])?tests|testing|test_?utils?|t/(unit|integration|smoke))/"
    r"|(^|/)(tests?_[^/]*|[^/]*_tests?|(unit_?)?tests?|conftest)\.py$"
)
_MIGRATION = re.compile(
    r"(^|/)migrations/[^/]+\.py$|(^|/)(alembic|_?migrations)/versions/([^/]+/)*[^/]+\.py$"
)
_SCRIPT = re.compile(
    r"(^|/)(scripts?|bin|cli|tools?|examples?|benchmarks?|docs|docs_src|management/commands)/"
    r"|(^|/)(manage|setup|conf|fabfile|noxfile|tasks_cli|cli|__main__)\.py$|^(hatch_)?build\.py$"
)
_SETTINGS = re.compile(r"(^|/)(settings|config|conf)(/[^/]+|[^/]*)?\.py$|(^|/)[^/]*settings\.py$")
_DEVELOPMENT = re.compile(
    r"(^|/)([^/]*[_.-])?(dev|devel|develop|development|local|test|tests|testing|unittests?|ci|debug|example|sample|demo|sandbox)"
    r"([_.-][^/]*)?\.py$|(^|/)[^/]*(dev|local|test|debug|demo)(settings|config)[^/]*\.py$"
    r"|(^|/)docs?_?settings\.py$|(^|/)(settings|config)(dev|local|test|debug|demo)[^/]*\.py$"
    r"|(^|/)(dev|develop|development|local|test|tests|testing|test_?utils?|examples?|sandbox|demo|benchmarks?)/"
    r"|(^|/)(dev|demo|example|sample|test)s?[_-]?(project|proj|site|app|auth|server|settings|django)/"
    r"|(^|/)([^/]+[_-])?(workbench|playground)/|(^|/)[^/]+[_-](demo|sandbox)/|^contrib/|\{\{|(^|/)(translations?|locale|i18n)/(settings\.py$|settings/)"
    r"|(^|/)(translations?|i18n)_settings\.py$"
)
_DOCUMENTATION = re.compile(
    r"(^|/)(docs?|docs_src|examples?|tutorials?|samples?|snippets|cookbook|example_\w+)/"
)


class Role(NamedTuple):
    """Flags; more than one may hold."""

    is_test: bool
    is_migration: bool
    is_script: bool
    is_settings: bool
    is_development: bool
    is_documentation: bool

    def inside(self, around: Role) -> Role:
        """The role where the project's place says that all of it is for tests, trying or showing."""
        return self._replace(
            is_test=self.is_test or around.is_test,
            is_development=self.is_development or around.is_development,
            is_documentation=self.is_documentation or around.is_documentation,
        )


def role_of(path: str) -> Role:
    """The role of a project-relative path with slashes."""
    return Role(
        bool(_TEST.search(path)),
        bool(_MIGRATION.search(path)),
        bool(_SCRIPT.search(path)),
        bool(_SETTINGS.search(path)),
        bool(_DEVELOPMENT.search(path)),
        bool(_DOCUMENTATION.search(path)),
    )
