"""Runs pieces of ORM code on an event loop, and prints as JSON what each of them raises."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

import django
from asgiref.sync import sync_to_async
from django.conf import settings
from django.db import connection, models, transaction

settings.configure(
    DATABASES={
        "default": {"ENGINE": "django.db.backends.sqlite3", "NAME": "file:probe?mode=memory&cache=shared"}
    },
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth"],
)
django.setup()

from django.contrib.auth.models import Group, Permission  # noqa: E402
from django.contrib.contenttypes.models import ContentType  # noqa: E402
from django.shortcuts import get_object_or_404  # noqa: E402


class Profile(models.Model):
    group: Any = models.OneToOneField(Group, models.CASCADE, null=True)

    class Meta:
        app_label = "auth"


Probe = Callable[[], Awaitable[Any]]
PROBES: dict[str, Probe] = {}


def probe(function: Probe) -> Probe:
    PROBES[function.__name__] = function
    return function


@probe
async def manager() -> None:
    Group.objects.get(pk=1)


@probe
async def queryset() -> None:
    Group.objects.filter(pk=1).count()


@probe
async def loop() -> None:
    for _ in Group.objects.all():
        pass


@probe
async def comprehension() -> Any:
    return [group.pk for group in Group.objects.all()]


@probe
async def generator() -> Any:
    return (group.pk for group in Group.objects.all())


@probe
async def listed() -> Any:
    return sorted(Group.objects.all(), key=id)


@probe
async def length() -> Any:
    return len(Group.objects.all())


@probe
async def test() -> Any:
    return not Group.objects.all()


@probe
async def item() -> Any:
    return Group.objects.order_by("pk")[0]


@probe
async def save() -> None:
    Group(pk=1, name="a").save()


@probe
async def delete() -> None:
    (await Group.objects.aget(pk=1)).delete()


@probe
async def related() -> None:
    (await Group.objects.aget(pk=1)).permissions.add(1)


@probe
async def shortcut() -> None:
    get_object_or_404(Group, pk=1)


@probe
async def cursor() -> None:
    connection.cursor()


@probe
async def atomic() -> None:
    with transaction.atomic():
        pass


@probe
@transaction.atomic
async def decorated() -> None: ...


@probe
async def on_commit() -> None:
    transaction.on_commit(print)


@probe
async def async_with() -> None:
    async with transaction.atomic():  # type: ignore[attr-defined]
        pass


@probe
async def lazy_in_thread() -> Any:
    return [group.pk for group in await sync_to_async(Group.objects.all)()]


@probe
async def called_before_thread() -> None:
    await sync_to_async(Group.objects.count())()  # type: ignore[call-overload]


@probe
async def queryset_to_thread() -> None:
    await sync_to_async(Group.objects.all())()  # type: ignore[call-overload]


@probe
async def relation() -> Any:
    return (await Permission.objects.afirst()).content_type.model  # type: ignore[union-attr]


@probe
async def relation_in_loop() -> Any:
    return [p.content_type.model async for p in Permission.objects.all()]


@probe
async def relation_of_listed() -> Any:
    permissions = [p async for p in Permission.objects.all()]
    return [p.content_type.model for p in permissions]


@probe
async def key_through_relation() -> Any:
    return (await Permission.objects.aget(pk=1)).content_type.pk


@probe
async def relation_in_str() -> Any:
    return str(await Permission.objects.aget(pk=1))


@probe
async def deferred() -> Any:
    return (await Permission.objects.only("name").aget(pk=1)).codename


@probe
async def reverse_relation() -> Any:
    group: Any = await Group.objects.aget(pk=1)
    return group.profile


@probe
async def has_reverse_relation() -> Any:
    return hasattr(await Group.objects.aget(pk=1), "profile")


@probe
async def related_loop() -> Any:
    return [permission.pk for permission in (await Group.objects.aget(pk=1)).permissions.all()]


@probe
async def related_count() -> Any:
    return (await Group.objects.aget(pk=1)).permissions.count()


@probe
async def related_building() -> Any:
    return (await Group.objects.aget(pk=1)).permissions.all()


@probe
async def relation_to_nothing() -> Any:
    return (await Profile.objects.acreate()).group, (await Profile.objects.alast()).group  # type: ignore[union-attr]


@probe
async def key_of_its_own() -> Any:
    return (await Permission.objects.aget(pk=1)).content_type_id


@probe
async def relation_that_was_set() -> Any:
    permission = await Permission.objects.aget(pk=1)
    permission.content_type = await ContentType.objects.aget(pk=permission.content_type_id)
    return permission.content_type.model


@probe
async def relation_loaded_in_thread() -> Any:
    permission = await Permission.objects.aget(pk=1)
    await sync_to_async(lambda: permission.content_type)()
    return permission.content_type.model


@probe
async def relation_of_parent() -> Any:
    kind: Any = await ContentType.objects.aget(pk=1)
    return [permission.content_type.model async for permission in kind.permission_set.all()]


@probe
async def building() -> Any:
    return Group.objects.filter(pk=1).exclude(name="b").order_by("pk").select_related()[:3]


@probe
async def twins() -> None:
    group = await Group.objects.aget(pk=1)
    await group.asave()
    await group.permissions.aset([])
    await Group.objects.filter(pk=1).acount()


@probe
async def async_loop() -> Any:
    return [group.pk async for group in Group.objects.all()]


@probe
async def nested_function() -> Any:
    def inner() -> Any:
        with transaction.atomic():
            return Group.objects.get(pk=1)

    return await sync_to_async(inner)()


@probe
async def list_in_thread() -> Any:
    listed: Any = sync_to_async(list)
    return await listed(Group.objects.all())


@probe
async def read_before() -> Any:
    groups = Group.objects.all()
    await sync_to_async(len)(groups)
    return [group.pk for group in groups]


@probe
async def prefetched() -> Any:
    return [g.permissions.all()[:] async for g in Group.objects.prefetch_related("permissions")]


@probe
async def joined() -> Any:
    return [p.content_type.model async for p in Permission.objects.select_related("content_type")]


@probe
async def saved_in_thread() -> None:
    await sync_to_async((await Group.objects.aget(pk=1)).save)()


def outcome(function: Probe) -> str:
    async def run() -> None:
        await function()

    try:
        asyncio.run(run())
    except Exception as error:  # noqa: BLE001 - its name is the outcome
        return type(error).__name__
    return ""


if __name__ == "__main__":
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    with connection.schema_editor() as editor:
        editor.create_model(Profile)
    Group.objects.create(pk=1, name="a")
    print(json.dumps({name: outcome(function) for name, function in PROBES.items()}))
