"""What the shop sells."""

from django.db import connection, models


class Author(models.Model):
    name = models.CharField(max_length=100)

    def __str__(self) -> str:
        return self.name


class Book(models.Model):
    title = models.CharField(max_length=200)
    author = models.ForeignKey(Author, on_delete=models.PROTECT, related_name="books")
    pages = models.PositiveIntegerField(default=0)
    tags = models.JSONField(default=[])

    def __str__(self) -> str:
        return self.title


def catalogue_lines() -> list[str]:
    """One line for each book, with its author."""
    return [f"{book.title} by {book.author.name}" for book in Book.objects.order_by("title")]


def search(title: str) -> list[tuple[int, str]]:
    """The books whose title begins with a text."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT id, title FROM catalogue_book WHERE title LIKE '{title}%'")
        return list(cursor.fetchall())
