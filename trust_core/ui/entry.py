"""The script that the server runs for every visitor: `st.App` takes a path, so it has to be a file."""

from trust_core.ui.shell import main

main()
