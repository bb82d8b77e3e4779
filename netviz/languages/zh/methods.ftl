# 各方法的坐标轴、单位与各图的名称。

activation-maximisation =
    .x = 已走的步数
    .y = 网络对随机移动后的图片的响应
    .map = 通道 { $value }

exciting-places =
    .map = 通道 { $value }

regularisers-one-by-one =
    .map-1 = 逐像素改动
    .map-2 = ＋ 改用波
    .map-3 = ＋ 互不相关的颜色
    .map-4 = ＋ 随机移动

agreement-matrix =
    .x = 两张解释图的秩相关系数，按编号排列
    .y = 解释图

calibration =
    .x = 网络给出的概率
    .y = 实际发生的比例

cascading-randomisation =
    .x = 阶段：0 为训练好的网络，此后从输出端起每次多一块随机化
    .y = 与训练好的网络的解释图的相似程度
    .map-1 = 训练好的
    .map-2 = ＋ 分类头
    .map-3 = ＋ 第 5 块
    .map-4 = ＋ 第 4 块
    .map-5 = ＋ 第 3 块
    .map-6 = ＋ 第 2 块
    .map-7 = ＋ 第 1 块

deletion =
    .x = 删去的像素占比
    .y = 得分（{ $score }）

finite-differences =
    .x = 梯度预测的斜率（每级 RGB 的{ $score }变化）
    .y = 实测的斜率（每级 RGB 的{ $score }变化）

cams-through-blocks =
    .x = 网络的第几块
    .y = 解释图落在框内的份额

fineness =
    .x = 相隔多少像素
    .y = 相关系数

gradient =
    .unit = 每级 RGB 的{ $score }变化

gradient-norms =
    .x = 类别的概率
    .y = 梯度的长度（每级 RGB）

gradient-reach =
    .x = 其后的词数
    .y = 中位数，与最后一个词的之比

gradient-x-input =
    .unit = { $score }

infidelity =
    .x = 解释图预测的降幅
    .y = 得分的降幅（{ $score }）

head-calibration =
    .x = 网络给第一个答案的概率
    .y = 其中答对的比例

class-test =
    .map-1 = 针对所解释的类别
    .map-2 = 针对另一个类别

insertion =
    .x = 还原的像素占比
    .y = 得分（{ $score }）

integrated-gradients =
    .unit = { $score }

integrated-path =
    .x = 路径上的位置：0 为基线，1 为图片
    .y = 得分的变化（{ $score }）
    .unit = { $score }

inversion =
    .x = 已走的步数
    .y = 相对损失
    .map-1 = 照片
    .map-2 = 造出的图片

kernel-shap =
    .unit = { $score }

lime =
    .unit = { $score }

lime-spread =
    .x = 每次运行的样本数
    .y = 两次运行的秩相关系数；曾排第一的区域数
    .map = 第 { $number } 次运行

lrp-composite =
    .unit = logit

lrp-epsilon =
    .unit = logit

lrp-z-plus =
    .unit = logit

max-sensitivity =
    .map-1 = 原图
    .map-2 = 扰动后的图片

mu-fidelity =
    .x = 被遮各格在解释图上的总和
    .y = 得分的降幅（{ $score }）

nudge =
    .x = 顺着梯度的改动（RGB 级，均方根）
    .y = 得分（{ $score }）

occlusion =
    .unit = { $score }

plain-tape =
    .x = 本站算出的导数（每级 RGB 的 logit 变化）
    .y = 直接用 GradientTape 算出的导数（每级 RGB 的 logit 变化）

receptive-field =
    .unit = 每级 RGB 的激活值变化

recorded-weights =
    .unit = { $score }

rise =
    .unit = { $score }

smoothgrad =
    .unit = 每级 RGB 的{ $score }变化

spread-over-baselines =
    .x = 两张解释图的秩相关系数，按编号排列
    .y = 解释图
    .map-1 = 黑色
    .map-2 = 平均颜色
    .map-3 = 白色
    .map-4 = 模糊
    .map-5 = 噪声

spread-over-seeds =
    .x = 两张解释图的秩相关系数，按编号排列
    .y = 解释图
    .map = 种子 { $value }

ten-views =
    .map = { $value ->
        [mean] 移回后的平均
        [mirrored] 左右翻转
        [up] 上移
        [down] 下移
        [left] 左移
        [right] 右移
        [turned-left] 向左转
        [turned-right] 向右转
        [nearer] 放大
        [farther] 缩小
       *[original] 原样
    }

train-classifier =
    .x = 训练步数
    .y = 交叉熵
    .plane-x = 花瓣长（厘米）
    .plane-y = 花瓣宽（厘米）

train-regression =
    .x = 训练步数
    .y = 均方误差的一半（平方厘米）
    .plane-x = 花瓣长（厘米）
    .plane-y = 花瓣宽（厘米）

train-from-starts =
    .x = 隐藏单元数
    .y = 学会的起点数

explanations-by-depth =
    .x = 层数
    .y = 比例或相关系数

steps-that-count =
    .x = 步长，以被移动的输入的标准差计
    .y = 使得分改变的比例

several-samples =
    .unit = 对数几率
    .map = { $value ->
        [mean] 平均
       *[other] { $value }
    }

single-values =
    .x = 变动一级时，梯度预测的 logit 变化
    .y = 实测的变化

unit-gradient =
    .unit = 每级 RGB 的激活值变化
