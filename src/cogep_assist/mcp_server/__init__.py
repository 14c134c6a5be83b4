"""The face for models: tools and documents over the Model Context Protocol."""
