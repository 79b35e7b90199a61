"""`pybackend server`: the language server, on standard input and output or a local port."""

from __future__ import annotations

import argparse
import ipaddress


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--stdio", action="store_true", help="the default; accepted for clients that send it")
    parser.add_argument("--tcp", metavar="HOST:PORT", type=address, help="listen on a loopback address")


def run(arguments: argparse.Namespace) -> int:
    from ..lsp.main import serve

    return serve(*(arguments.tcp or ("", 0)))


def address(text: str) -> tuple[str, int]:
    """`HOST:PORT` on loopback; anything else would let others in."""
    host, _, port = text.rpartition(":")
    host = host.strip("[]") or "127.0.0.1"
    if not port.isdecimal() or not 0 < int(port) <= 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is not HOST:PORT")
    if host == "localhost":
        host = "127.0.0.1"
    try:
        is_loopback = ipaddress.ip_address(host).is_loopback
    except ValueError:
        is_loopback = False
    if not is_loopback:
        raise argparse.ArgumentTypeError(f"{host} is not a loopback address")
    return host, int(port)
