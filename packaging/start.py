"""Where the bundle begins: the window; with -m a module, as Python has it, for processes of its own."""

import multiprocessing
import runpy
import sys

if __name__ == "__main__":
    multiprocessing.freeze_support()
    if sys.argv[1:2] == ["-m"] and len(sys.argv) > 2:
        sys.argv[:3] = [sys.argv[2]]
        runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
    else:
        from viewer.launch.app import main

        sys.exit(main())
