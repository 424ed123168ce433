"""What every feature is built with: jobs, workers, commands, memo, words."""
