"""Factor VII, Intelligent Task Routing. The question: which workflow or agent fits this task?

Admission test: it turns a task and its surroundings into one explicit, reasoned recommendation, or
abstains. It starts nothing.
"""
