"""The lab: small recurrent networks learn live, by several learners, where something must be remembered."""
