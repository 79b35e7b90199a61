"""Classes of frameworks by the names that they are documented under, where other modules of theirs hold them.

What is installed imports them from anywhere; rules know them by one name.
"""

from __future__ import annotations

_HOMES: dict[str, dict[str, str]] = {
    "django.db.models": {
        "django.db.models.base": "Model",
        "django.db.models.manager": "Manager",
        "django.db.models.query": "Prefetch QuerySet",
        "django.db.models.enums": "Choices IntegerChoices TextChoices",
        "django.db.models.expressions": "Expression F Func Subquery",
        "django.db.models.constraints": "BaseConstraint CheckConstraint UniqueConstraint",
        "django.db.models.indexes": "Index",
        "django.db.models.lookups": "Lookup Transform",
        "django.db.models.query_utils": "Q",
        "django.db.models.fields": "AutoField BigAutoField BigIntegerField BinaryField BooleanField "
        "CharField "
        "DateField DateTimeField DecimalField DurationField EmailField Field FilePathField FloatField "
        "GenericIPAddressField IntegerField PositiveBigIntegerField PositiveIntegerField "
        "PositiveSmallIntegerField SlugField SmallAutoField SmallIntegerField TextField TimeField URLField "
        "UUIDField",
        "django.db.models.fields.files": "FileField ImageField",
        "django.db.models.fields.json": "JSONField",
        "django.db.models.fields.related": "ForeignKey ForeignObject ManyToManyField OneToOneField",
    },
    "django.contrib.auth.models": {"django.contrib.auth.base_user": "AbstractBaseUser BaseUserManager"},
    "django.contrib.admin": {
        "django.contrib.admin.options": "ModelAdmin StackedInline TabularInline",
        "django.contrib.admin.sites": "AdminSite",
    },
    "django.apps": {"django.apps.config": "AppConfig"},
    "django.core.management": {"django.core.management.base": "BaseCommand CommandError"},
    "django.db.migrations": {"django.db.migrations.migration": "Migration"},
    "django.dispatch": {"django.dispatch.dispatcher": "Signal"},
    "django.forms": {
        "django.forms.forms": "BaseForm Form",
        "django.forms.formsets": "BaseFormSet",
        "django.forms.models": "BaseInlineFormSet BaseModelForm BaseModelFormSet ModelForm",
        "django.forms.fields": "BooleanField CharField ChoiceField DateField DateTimeField DecimalField "
        "EmailField Field FileField FloatField ImageField IntegerField JSONField MultiValueField "
        "MultipleChoiceField TypedChoiceField URLField UUIDField",
    },
    "django.http": {
        "django.http.request": "HttpRequest QueryDict",
        "django.http.response": "FileResponse Http404 HttpResponse HttpResponseBadRequest "
        "HttpResponseForbidden HttpResponseNotFound HttpResponseRedirect JsonResponse StreamingHttpResponse",
    },
    "django.template": {"django.template.base": "Node", "django.template.library": "Library"},
    "django.test": {
        "django.test.client": "AsyncClient Client RequestFactory",
        "django.test.testcases": "LiveServerTestCase SimpleTestCase TestCase TransactionTestCase",
    },
    "django.views.generic": {
        "django.views": "View",
        "django.views.generic.base": "RedirectView TemplateView View",
        "django.views.generic.dates": "ArchiveIndexView DayArchiveView MonthArchiveView YearArchiveView",
        "django.views.generic.detail": "DetailView",
        "django.views.generic.edit": "CreateView DeleteView FormView UpdateView",
        "django.views.generic.list": "ListView",
    },
    "rest_framework.serializers": {
        "rest_framework.fields": "BooleanField CharField ChoiceField DateField DateTimeField DecimalField "
        "DictField EmailField Field FileField FloatField ImageField IntegerField JSONField ListField "
        "ReadOnlyField SerializerMethodField URLField UUIDField",
        "rest_framework.relations": "HyperlinkedIdentityField HyperlinkedRelatedField PrimaryKeyRelatedField "
        "RelatedField SlugRelatedField StringRelatedField",
    },
    "pydantic": {
        "pydantic.main": "BaseModel",
        "pydantic.root_model": "RootModel",
        "pydantic.type_adapter": "TypeAdapter",
        "pydantic.types": "SecretBytes SecretStr",
    },
    "pydantic_settings": {"pydantic_settings.main": "BaseSettings"},
    "sqlalchemy": {
        "sqlalchemy.engine.base": "Connection Engine",
        "sqlalchemy.sql.schema": "Column ForeignKey MetaData Table",
        "sqlalchemy.sql.type_api": "TypeDecorator",
    },
    "sqlalchemy.orm": {
        "sqlalchemy.orm.base": "Mapped",
        "sqlalchemy.orm.decl_api": "DeclarativeBase DeclarativeBaseNoMeta DeclarativeMeta MappedAsDataclass",
        "sqlalchemy.orm.query": "Query",
        "sqlalchemy.orm.scoping": "scoped_session",
        "sqlalchemy.orm.session": "Session sessionmaker",
    },
    "sqlalchemy.ext.asyncio": {
        "sqlalchemy.ext.asyncio.engine": "AsyncConnection AsyncEngine",
        "sqlalchemy.ext.asyncio.scoping": "async_scoped_session",
        "sqlalchemy.ext.asyncio.session": "AsyncAttrs AsyncSession async_sessionmaker",
    },
    "fastapi": {
        "fastapi.applications": "FastAPI",
        "fastapi.background": "BackgroundTasks",
        "fastapi.datastructures": "UploadFile",
        "fastapi.exceptions": "HTTPException",
        "fastapi.routing": "APIRouter",
    },
    "flask": {"flask.app": "Flask", "flask.blueprints": "Blueprint", "flask.wrappers": "Request Response"},
    "celery": {"celery.app.base": "Celery", "celery.app.task": "Task", "celery.canvas": "Signature"},
    "httpx": {"httpx._client": "AsyncClient Client"},
}

PUBLIC = {
    f"{private}.{name}": f"{home}.{name}"
    for home, modules in _HOMES.items()
    for private, names in modules.items()
    for name in names.split()
}
"""The documented path of a class, by its path in another module of the same framework."""
