"""What tests of every floor need: hermetic repositories, scripted models, client runners. Nothing here knows a factor."""
