skip = 跳到正文
site_navigation = 全站导航
search = 搜索
search_for = 搜索课文、方法和术语
close = 关闭
found = 找到 { $count } 处
nothing_found = 没有找到
dark_page = 深色页面
lessons = 各课
lesson_of = 第 { $number } 课，共 { $count } 课
you_will_learn = 这一课讲什么
pictures = 换一张照片
on_this_page = 本页内容
previous = 上一课
next = 下一课
begin = 从头开始：{ $title }
contents = 目录
methods = 方法
methods_summary = 课程可用的每一种方法。说明都取自方法自己的声明。
glossary = 术语
glossary_summary = 本课程的术语，中英对照。
bibliography = 文献
bibliography_summary = 各课与各方法引用的文献，以及引用之处。
your_photo = 你的照片
your_photo_summary = 让本课程的网络带着同样的权重，就在你的浏览器里看你自己的照片。不上传任何东西，也不必安装任何东西。
try_your_photo = 这样看看你自己的照片
credits = 来源与许可
credits_summary = 本站所用的照片、权重与软件。
not_found = 没有这个页面
not_found_summary = 它可能换了地方。请看目录，或者搜索。
made_with = 计算所用权重：
version = netviz { $version }

figure = 图 { $number }
follows_choice = 所选照片
enlarge = 放大
enlarge_figure = 放大：{ $figure }
figure_answers = 图 { $number }，答案就在图里
against = 反对
in_favour = 支持
darker_helps = 暗一点会提高得分
brighter_helps = 亮一点会提高得分
color_bar = 色标从 { $low } 到 { $high }。
clipped = 颜色到第 { $percentile } 百分位为止，最大绝对值为 { $raw_max }。
compared = 滑块各值共用一个色标，颜色到全部数值的第 { $percentile } 百分位为止。
before = 之前
after = 之后
difference = { $shrunk ->
    [yes] 两者之差，缩小到 { PERCENT($times) }
   *[no] 两者之差，乘以 { $times }
 }
grid = 算出的原始网格
smoothed = 平滑后
target = 所解释的类别
probability = 概率
logit = Logit
rank = 排名
name = 名称
claims_kept = 检验：{ $count } 项全部成立
claim_broken = 这一课有一个说法对这张照片不成立
claim_broken_here = 这一课有一个说法不成立
claim_measured = 实测
evidence = 第 { $number } 句的依据
sentence_broken = 此处不成立：
holds = 成立
fails = 不成立

drawer = 这幅插图怎样得来
spec = 课文里的实验说明
code = 重做这个实验的代码
cost = 计算量
passes = 前向 { $forward } 次，反向 { $backward } 次
training = 小网络训练 { $steps } 步
no_passes = 不经过网络
trained_here = 由本次构建训练，随机种子 { $seed }
tree_yes = 是
tree_no = 否
tree_rows = （{ $rows } 行）
tree_leaf = { $rows } 行中的 { $share }
sentence_key = 每个词下面是它给对数几率增加的量；红色实线表示支持，蓝色点线表示反对。
precision = 精度
weights = 权重
papers = 论文
measured = 测得的数值
top = 最可能的五个类别
checks = 检验
data = 图中的数据

look = 看结果
answer = 答案
choose = 先选一个答案。
guess_right = 猜对了。
guess_wrong = 没猜对。
none_right = 对这张照片来说，这几个都不对。

raw_numbers = 原始数据
raw_arrays = 全部数组，在项目文件夹中运行：
take_along = 带走这一课：
clause = ，
labelled = { $name }：{ $what }
comma = 、
full_stop = 。
at_stop = （{ $stop }）
notebook = Jupyter 笔记本
script = Python 脚本
script_intro = 这一课的代码。请在项目文件夹中、在 `make setup` 建好的环境里运行。
block = 第 { $number } 块
input = 输入
classifier = 分类头
layer = 层
shape = 形状
parameters = 参数
receptive_field = 感受野
whole_picture = 整张照片
unused = 不通向输出
measured_seconds = 画一张解释图所用的秒数，取各次运行的中位数
measured_agreement = 与我们的解释图的秩相关系数
measured_where = { $date } 在 { $processor } 的 { $cores } 个核上测过一次，并非本次构建所测。
measured_task = 方法
all_layers = 全部的层：形状、参数与感受野

network = 网络：按各层的形状画成
explorer = 逐个查看通道
explorer_photo = 照片：该格感受野内的部分是亮的
explorer_number = 通道
explorer_previous = 上一个通道
explorer_next = 下一个通道
explorer_strongest = 最强的通道
explorer_channel = { $layer }，通道 { $number }（共 { $count } 个）
explorer_max = 最大绝对值
explorer_mean = 平均值
explorer_zeros = 零的比例
explorer_peak = 最强处（行，列）
explorer_cell = 第 { $row } 行，第 { $column } 列
explorer_unit = 第 { $number } 个单元
explorer_class = 第 { $number } 个单元（{ $name }）
explorer_field = 感受野为照片横向 { $left } 到 { $right }、纵向 { $top } 到 { $bottom } 的像素。
explorer_whole = 感受野为整张照片。
explorer_keys = 把指针放在通道图上，或用方向键逐格移动；Page Up 与 Page Down 换通道。行、列、像素从 1 数起，通道从 0 数起。

readout_how = 点按或指向图中，或用方向键移动，即可读出数值。
readout_each = { $rows } × { $columns } 格中的第 { $row } 行第 { $column } 列：{ $value }
readout_strongest = { $rows } × { $columns } 格中第 { $row } 行第 { $column } 列里最强的值：{ $value }
readout_patch = 遮住第 { $row } 行第 { $column } 列的方块，得分下降 { $value }
readout_remains = ，剩下 { $remains }
readout_cells = 图中的数值；方向键逐格移动
divider = 前后两张图片的分界

map_zero = 这张解释图处处为零：没有可看的内容。
map_constant = 这张解释图处处取同一个值（绝对值 { $raw_max }），因此没有绘制。
map_not_finite = 解释图中含有非有限的数值，因此没有绘制。
map_near_zero = 解释图中所有数值都接近零：绝对值最大不过 { $raw_max }。
map_faint = 十分微弱：远弱于共用色标的其他解释图。

settings = 设置
setting = 名称
allowed = 取值范围
default = 默认值
meaning = 含义
fields =
    { $kind ->
        [question] 问题的字段
        [front-matter] 一课开头的字段
        [photo] 照片的字段
        [site] site.yaml 的字段
       *[experiment] 实验的字段
    }
field = 字段
without_it = 不写时
needed = 必须写
looks_at = 对象
looks_at_picture = 一张照片
looks_at_data = 自带的数据
gives = 给出
views = 画法
signed_map = 带符号
unsigned_map = 不带符号
by_settings = 视设置而定

photos = 照片
photos_summary = 本课程所用的照片。
photos_lead = 每张照片下面是网络对它的回答。点开一张，整个课程就围绕它展开。
network_says = 网络的回答：{ $name }，{ $probability }
seen = 网络只用到它的 { PERCENT($share) }，即这里显示的方块；下图示出它的位置。
illustrations = 课文里的图片
own_photo = 由建站的读者提供。
source = 出处
licence = 许可
digest = SHA-256
software = 软件与数据

gives_scores = 得分
gives_feature_maps = 特征图
gives_attribution = 一张解释图
gives_contributions = 各个输入的贡献
gives_check = 一项检验
gives_picture = 一张图片
draft = 草稿
draft_means = 为了尽快预览，采样数和步数都减少了：图和数字都不是课程的正式结果。
not_woven = 本页尚未生成：这次只构建了其他课。构建整个课程之后，本页就会出现。
