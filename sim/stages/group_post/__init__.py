"""A post in the group (接龙): leaders post in the morning, members read it during the day and reply.

The text arms' counterpart of the show. The decision is the audience's, with the intercept of the text.
"""
