"""The language server: translates between LSP and the engine. The only package that imports pygls.

Messages that a keystroke causes are answered by `front` from plain dicts; all others go to pygls, which is
imported after the client has its answer to `initialize`.
"""
