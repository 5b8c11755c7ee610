"""One batch of files, from raw text to the files that one commit publishes."""
