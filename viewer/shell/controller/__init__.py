"""The controller: intents → session, jobs → facts → scene."""
