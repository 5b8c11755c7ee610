"""What every command says and takes in the same way: tables, errors, days, the lake, completion."""
