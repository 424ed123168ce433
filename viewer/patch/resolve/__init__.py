"""Session and facts → the patch panel's scene; no Qt."""
