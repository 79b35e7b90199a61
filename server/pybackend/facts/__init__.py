"""Facts: what one unit of one file says, as plain frozen values with code point ranges relative to the unit.

They are a pure function of the unit's text: names are as written, nothing is resolved here.
"""
