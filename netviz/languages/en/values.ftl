# By setting: its values in words.

baseline =
    .black = black
    .blurred = blurred
    .mean = mean colour
    .noise = noise
    .white = white

by =
    .gradient = gradient × input
    .integrated-gradients = integrated gradients
    .kernel-shap = Shapley values
    .occlusion = hiding one at a time

fill =
    .black = black
    .blurred = blurred
    .mean = mean colour
