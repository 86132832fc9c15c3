"""What code in other languages does, read without running it; loaded when such code is met.

Admission test: a module offers `follow(text, state, stdin, words, language)`, which adds actions for one language or a
group of languages. What it cannot tell it says as UNKNOWN.
"""
