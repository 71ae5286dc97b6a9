"""The live preview: blueprints watched on disk, compiled on each save, and shown in a browser.

`watching` says what changed, `studio` compiles it, `sheet` keeps what a page shows and who looks at it, `server` hands
it to browsers of this machine and to nobody else.
"""
