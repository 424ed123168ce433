"""Codecs and decoders measured on a folder of pictures: for the command line and for the window alike."""
