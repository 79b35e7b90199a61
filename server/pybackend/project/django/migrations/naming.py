"""One path for each thing of Django's, by whichever of its names it is imported."""

from __future__ import annotations

import re
from functools import lru_cache

_HOMES: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), home)
    for pattern, home in (
        (r"django\.db\.models\.functions\.\w+\.(?=\w+$)", "django.db.models.functions."),
        (
            r"django\.db\.models\.(?:fields|deletion|expressions|query_utils|aggregates|constraints|indexes"
            r"|manager|enums|lookups|base|query)\.(?:(?:related|files|json|proxy|generated|composite)\.)?(?=\w+$)",
            "django.db.models.",
        ),
        (
            r"django\.contrib\.gis\.db\.models\.(?:fields\.)?"
            r"(?=(?:Point|Polygon|LineString|Multi\w+|Geometry\w*|Raster|Extent)Field$)",
            "django.contrib.gis.db.models.",
        ),
        (r"django\.contrib\.gis\.db\.models\.(?=[A-Z_]\w*$)(?!\w+Field$)(?!Manager$)", "django.db.models."),
        (r"django\.contrib\.gis\.db\.models\.(?=\w+Field$)", "django.db.models."),
        (r"django\.contrib\.postgres\.fields\.\w+\.(?=\w+$)", "django.contrib.postgres.fields."),
        (r"django\.contrib\.postgres\.search\.(?=\w+$)", "django.contrib.postgres.search."),
        (r"django\.db\.migrations\.operations\.(?:\w+\.)?(?=\w+$)", "django.db.migrations."),
        (r"django\.utils\.translation\.u(?=gettext|ngettext)", "django.utils.translation."),
    )
)
_SAME = {
    "django.utils.timezone.utc": "datetime.UTC",
    "datetime.timezone.utc": "datetime.UTC",
    "django.contrib.gis.db.models.ForeignKey": "django.db.models.ForeignKey",
    "django.contrib.gis.db.models.Manager": "django.db.models.Manager",
    "django.db.models.fields.files.FieldFile": "django.db.models.FieldFile",
    "django.core.files.storage.filesystem.FileSystemStorage": "django.core.files.storage.FileSystemStorage",
}
_GEOMETRY = re.compile(
    r"django\.contrib\.gis\.db\.models\.(?:Point|Polygon|LineString|Multi|Geometry|Raster|Extent)"
)


@lru_cache(maxsize=4096)
def canonical(path: str) -> str:
    """The path that Django itself says of a class or function."""
    if not path.startswith(("django.", "datetime.")):
        return path
    if path in _SAME:
        return _SAME[path]
    for pattern, home in _HOMES:
        found = pattern.match(path)
        if found is not None and not (home == "django.db.models." and _GEOMETRY.match(path)):
            return home + path[found.end() :]
    return path
