"""Programs that decode and decrypt: what comes out is known only when a constant went in."""

from __future__ import annotations

from twelve.factors.guardrails.actions.action import NETWORK, ORIGIN_DECODED
from twelve.factors.guardrails.actions.invocation import Invocation
from twelve.factors.guardrails.actions.languages.decoding import decoded
from twelve.factors.guardrails.actions.options import Options
from twelve.factors.guardrails.actions.streams import Stream

_OPTIONS = {
    "xxd": "l= s= c= g= o= r|revert p|plain i b e u",
    "base64": "d|decode D i|ignore-garbage w|wrap= o|output=",
    "base32": "d|decode i w|wrap=",
    "basenc": "d|decode w|wrap= base64 base64url base32 base16",
    "gpg": "d|decrypt e|encrypt o|output= r|recipient= u|local-user= a|armor s|sign b|detach-sign c|symmetric batch yes passphrase= import "
    "export homedir= pinentry-mode= delete-keys delete-secret-keys export-secret-keys gen-key verify list-keys",
    "age": "d|decrypt e|encrypt o|output= r= i= p a R=",
}


def decode(call: Invocation) -> None:
    """`base64 -d`, `xxd -r`, `openssl enc -d`: what comes out is code nobody wrote down here, unless it can be decoded now."""
    options = call.options(_OPTIONS.get(call.name, ""))
    operands = options.operands
    if call.name in ("openssl", "gpg", "gpg2", "age"):
        _cipher(call, options)
        return
    source = call.read(operands[0], options=options) if operands else call.stdin
    for word in options.all("--output"):
        call.write(word, content=Stream(None, origin=ORIGIN_DECODED, data=source.data))
    if call.name == "xxd" and len(operands) > 1:
        call.write(operands[1], content=Stream(None, origin=ORIGIN_DECODED, data=source.data))
    if not options.has("--decode", "-D", "--revert"):
        call.output = Stream(None, origin=source.origin, data=source.data)
        return
    kind = "hex" if call.name in ("xxd", "hexdump") else "base32" if call.name == "base32" else "base64"
    plain = decoded(source.text, kind)
    call.output = source.through(plain, origin=ORIGIN_DECODED)


def _cipher(call: Invocation, options: Options) -> None:
    texts = call.texts
    source = call.stdin
    for at, text in enumerate(texts[:-1]):
        if text in ("-in", "-kfile", "-key", "-inkey", "-CAfile"):
            read = call.read(call.words[at + 1])
            source = read if text == "-in" else source
        elif text in ("-out", "-keyout"):
            call.write(call.words[at + 1], content=Stream(None, origin=ORIGIN_DECODED))
    if call.name == "openssl" and texts[:1] == ("s_client",):
        host = next((texts[at + 1] for at, text in enumerate(texts[:-1]) if text in ("-connect", "-host")), "")
        call.add(NETWORK, verb="send", target=host, data=source.data)
        call.output = Stream(None, origin="network")
        return
    for word in [] if call.name == "openssl" else options.operands:
        source = call.read(word, options=options)
    for word in options.all("--output"):
        call.write(word, options=options, content=Stream(None, origin=ORIGIN_DECODED, data=source.data))
    decodes = options.has("--decrypt") or "-d" in texts or "-D" in texts
    if call.name == "openssl" and decodes and ("-base64" in texts or "base64" in texts) and "enc" in (*texts, "enc"):
        call.output = source.through(decoded(source.text, "base64"), origin=ORIGIN_DECODED)
        return
    call.output = source.through(None, origin=ORIGIN_DECODED if decodes else source.origin)


PROGRAMS = {"decoding": decode}
