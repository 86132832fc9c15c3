"""Factor I, Git Memory as Knowledge OS. The question: how did we solve this before?

Admission test: it reads what git already knows (commits, trailers, decisions) and answers with
evidence. Nothing here writes knowledge that is not a plain file or a commit.
"""
