"""Rules about Django REST framework."""
