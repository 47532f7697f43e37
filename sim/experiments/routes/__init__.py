"""Routes that keep their promise: plan, drive the mornings, add buffers where they are needed, plan again."""
