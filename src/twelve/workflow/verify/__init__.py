"""Is this range fit to be merged, for somebody who trusts the target branch and nothing else?

Admission test: it re-checks what other machines claim. It believes no note, no local setting and no file of the branch
about what is allowed.
"""
