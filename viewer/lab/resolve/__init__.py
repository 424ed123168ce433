"""From session and facts to what the lab shows: pure, no Qt."""
