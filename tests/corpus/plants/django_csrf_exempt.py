"""Views for logged-in users without protection against forged requests."""

import ast
import re
from collections.abc import Iterator

from tests.corpus.source import Mutation, SourceFile

NEEDLES = ("login_required", "LoginRequiredMixin", "permission_required")
LOGIN = {
    "django.contrib.auth.decorators.login_required",
    "django.contrib.auth.decorators.permission_required",
    "django.contrib.admin.views.decorators.staff_member_required",
}
MIXINS = {
    "django.contrib.auth.mixins.LoginRequiredMixin",
    "django.contrib.auth.mixins.PermissionRequiredMixin",
}
CHANGING = re.compile(r"\.(save|delete|create|update|add|remove)\(")
EXEMPT = "from django.views.decorators.csrf import csrf_exempt"
WRAP = "from django.utils.decorators import method_decorator"


def plants(file: SourceFile) -> Iterator[Mutation]:
    for node in file.tree.body:
        if isinstance(node, ast.FunctionDef):
            heads = [d.func if isinstance(d, ast.Call) else d for d in node.decorator_list]
            text = file.text(node)
            is_changing = "request.POST" in text and CHANGING.search(text)
            if any(file.dotted(head) in LOGIN for head in heads) and is_changing:
                edit = file.line_before(node, "@csrf_exempt")
                yield file.mutate("function", [edit, *file.imports(EXEMPT)], at=edit[0])
        if isinstance(node, ast.ClassDef) and any(file.dotted(base) in MIXINS for base in node.bases):
            methods = {member.name for member in node.body if isinstance(member, ast.FunctionDef)}
            if methods & {"post", "put", "patch", "delete"}:
                edit = file.line_before(node, '@method_decorator(csrf_exempt, name="dispatch")')
                yield file.mutate("class", [edit, *file.imports(EXEMPT, WRAP)], at=edit[0])
