"""Times in forms have their seconds: otherwise saving an untouched form would change them."""

TIME_INPUT_FORMATS = ["%H:%M:%S", "%H:%M"]
DATE_INPUT_FORMATS = ["%Y-%m-%d", "%Y/%m/%d"]
