"""The nouns that every storey shares. Pure and small: no framework, no file, no hidden clock."""
