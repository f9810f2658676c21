#!/bin/sh
# Tesseract, with a line in the file COUNT_TO for each run.
echo run >>"$COUNT_TO"
exec tesseract "$@"
