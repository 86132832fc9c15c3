"""Factor XII, Domain Portability. The question: how does a new domain start from what we know?

Admission test: it loads, checks or packages a domain pack through the public interface. No domain's
own knowledge lives here.
"""
