"""From a question and passages to a grounded answer."""
