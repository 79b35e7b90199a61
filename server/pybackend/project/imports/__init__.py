"""What the modules of a project import of each other, and what fails of that."""
