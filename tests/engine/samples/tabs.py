class A:
	"""Tabs."""

	def f(self):
		if self:
			return 1

	def g(self):
		try:
			pass
		except:
			pass


if A:
	def h():
		pass
