"""Serializers that are nested in each other many times over are looked at for a while."""

from __future__ import annotations

from time import perf_counter

from tests.checking import engine_for
from tests.marked import Example

WIDTH, DEPTH = 6, 6
HEAD = "from django.db import models\nfrom rest_framework import generics, serializers\n"
VIEW = """\
class Rows(generics.ListAPIView):
    permission_classes = []
    queryset = Row0.objects.all()
    serializer_class = Serializer0
"""


def level(number: int) -> str:
    """A model with keys to the next one, and its serializer."""
    fields = [f"key{n}" for n in range(WIDTH)] if number < DEPTH else []
    keys = [f"{name} = models.ForeignKey('Row{number + 1}', models.CASCADE)" for name in fields]
    nested = [f"{name} = Serializer{number + 1}()" for name in fields]
    return f"""\
class Row{number}(models.Model):
    {"; ".join(["pass", *keys])}
class Serializer{number}(serializers.ModelSerializer):
    {"; ".join(["pass", *nested])}
    class Meta:
        model = Row{number}
        fields = {["id", *fields]}
"""


def test_it_takes_no_time_for_each_way_to_a_model() -> None:
    text = HEAD + "".join(level(number) for number in range(DEPTH, -1, -1)) + VIEW
    start = perf_counter()
    found = engine_for(Example({"shop/models.py": text}), {}).findings("shop/models.py")
    assert [x.finding.case for x in found if x.finding.rule == "drf-nested-n-plus-one"] == ["several"]
    assert perf_counter() - start < 10
