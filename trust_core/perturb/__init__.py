"""How texts are cut into words and how words are taken out of them."""
