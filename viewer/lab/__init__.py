"""The lab: small recurrent networks learn live, several learners side by side."""
