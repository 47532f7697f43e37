"""Orders by hand: a reply in the group, a transfer to the leader, a line on her sheet, goods by the list.

Nobody checks a stock when a member replies; what is not there is found out at the merge. Columns without
events, so one function serves both faces: waiting happens at the leader's desk, before and after.
"""
