"""The project view: what files say together. Names, classes, versions, Django apps."""
