"""What the files of a Django project say together: apps, models, queries, migrations, settings."""
