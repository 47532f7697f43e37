"""After-sales: tickets born from causes, answered by self-service, agents or the leader."""
