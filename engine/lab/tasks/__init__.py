"""What is asked of the networks of the lab: one file a task, named in `engine.lab.tasks.base`."""
