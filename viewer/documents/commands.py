"""Commands of files and the clipboard."""

from __future__ import annotations

from functools import partial

from viewer.core.availability import empty, no_stream_file, undecoded
from viewer.core.command import Command
from viewer.documents.controller import Documents
from viewer.documents.files import Files
from viewer.documents.sessions import Sessions


def commands(documents: Documents, files: Files, sessions: Sessions) -> list[Command]:
    return [
        Command(
            "open", "Open image…", "File", 0, partial(files.ask_open, False), ("Ctrl+O",),
            "Open a picture: its pixels are encoded and sent. ↓ and ↑ go through several",
            icon="open",
        ),
        Command(
            "open.received", "Open received file…", "File", 0, partial(files.ask_open, True),
            ("Ctrl+Shift+O",),
            "Open a codec's file as it was received: there is no original, the file itself is repaired",
            icon="repair",
        ),
        Command("open.folder", "Open folder…", "File", 0, files.ask_open_folder, (),
                "Open the first picture of a folder; ↓ and ↑ go through the others, settings stay",
                icon="open"),
        Command(
            "paste", "Paste image", "File", 0, files.paste, ("Ctrl+V",),
            "Take a picture or a file from the clipboard", icon="paste",
        ),
        Command(
            "received", "Treat file as received", "File", 1,
            documents.toggle_received, ("Ctrl+R",),
            "On: the file is the received stream. Off: its pixels are the original and are encoded again",
            lambda session: session.stream is not None, no_stream_file,
        ),
        Command("image.next", "Next image", "File", 1, partial(documents.open_neighbour, 1), ("Down",),
                "Next file of the folder or of those opened together; settings stay. "
                "Otherwise the next sample"),
        Command("image.previous", "Previous image", "File", 1, partial(documents.open_neighbour, -1),
                ("Up",), "Previous file, in the folder or of those opened together; settings stay. "
                "Otherwise the previous sample"),
        Command("save.stream", "Save stream…", "File", 2, files.ask_save_stream,
                ("Ctrl+Shift+S",),
                "Save what was sent, byte for byte: programs that know the codec open it as step 0",
                why_not=undecoded),
        Command("copy.picture", "Copy picture", "File", 2, files.copy_picture, ("Ctrl+C",),
                "Copy the picture that is shown: the single pane's, else the refined one", why_not=empty,
                icon="copy"),
        Command("copy.window", "Copy window", "File", 2, files.copy_window, ("Ctrl+Shift+C",),
                "Copy a picture of the whole window, for slides"),
        Command("session.open", "Open session…", "File", 3, sessions.ask_open,
                ("Ctrl+Alt+O",), "Go on with a saved session: its picture, all settings, the view slots"),
        Command("session.save", "Save session…", "File", 3, sessions.ask_save,
                ("Ctrl+Alt+S",), "Keep the picture's place, codec, decoder, step, view and slots in a file, "
                "to go on another time", why_not=empty),
    ]  # fmt: skip
