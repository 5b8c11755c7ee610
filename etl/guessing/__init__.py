"""What a file that fits no format may mean: columns told by their words and their contents."""
