# 各项设置的取值。

baseline =
    .black = 全黑
    .blurred = 模糊
    .mean = 平均颜色
    .noise = 噪声
    .white = 全白

by =
    .gradient = 梯度 × 输入
    .integrated-gradients = 积分梯度
    .kernel-shap = 沙普利值
    .occlusion = 逐个遮住

fill =
    .black = 黑色
    .blurred = 模糊
    .mean = 平均颜色
