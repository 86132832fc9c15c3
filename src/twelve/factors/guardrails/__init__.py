"""Factor XI, Constitutional Guardrails. The question: may this action happen here and now?

Admission test: it turns an action into allow, hint, ask or deny by rule, or checks a law after the
fact. It judges actions; gates judge content.
"""
