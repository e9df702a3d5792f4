print("warmer")
