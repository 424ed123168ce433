"""The network of the chosen decoder as a diagram, with the values of one patch at one step."""
