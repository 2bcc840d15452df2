"""Words that tell how somebody feels about a purchase, in the languages of the markets; our own list."""

ZH_NEGATIVE = """
    差 很差 太差 极差 差劲 差评 垃圾 坑 坑人 坑爹 骗 骗人 骗子 欺骗 上当 忽悠 失望 生气 气死 气愤 愤怒 火大 烦
    烦人 恶心 难吃 难喝 难用 难看 难闻 难受 糟糕 糟 太慢 很慢 好慢 慢死 慢 拖 拖延 迟迟 还没 一直没 没收到 没到
    没送 没人 没反应 不理 不回 不回复 不处理 不解决 不负责 不好 不行 不对 不值 不新鲜 不满 不满意 不推荐 不喜欢
    不舒服 不合适 不耐烦 不会再 不敢 不如 不足 不够 不能用 不干净 没用 没法用 没味道 没有味道 没味 没熟 坏 坏了
    坏的 破 破损 破了 烂 烂了 碎 碎了 裂 漏 漏了 漏发 少发 少了 少送 错了 发错 送错 假 假货 山寨 次品 劣质
    瑕疵 褪色 掉色 掉漆 起球 开线 死机 卡顿 太卡 闪退 发热 发烫 异味 刺鼻 臭 馊 凉了 冷了 凉的 冰凉 太咸 咸了
    太油 油腻 太硬 硬了 太少 好少 很少 太贵 贵了 不值得 浪费 后悔 投诉 举报 退款 退货 赔偿 维权 曝光 无语 无奈
    郁闷 坑货 冷漠 敷衍 推脱 推卸 态度差 恶劣 粗鲁 骂 吼 凶 催 催了 等了 久 太久 超时 迟到 晚了 小时 两个小时
    一个多小时 最后一次 再也不 再也不会 千万别 别买 千万不要 不要买 慎重 小心 警惕 什么玩意 什么东西 什么态度 怎么回事
    头发 虫子 苍蝇 拉肚子 过期 变质 发霉 缩水 虚假 名不副实 不符 货不对板 失误 问题 故障 缺点 可惜 勉强 凑合 一般
    一般般 将就 太淡 干巴巴 难以下咽 吃不下 倒了 扔了 没吃 取消 无法 连不上 掉线 失灵 质量问题 态度不好 忘 忘了
    没给 没放 没有给 洒 洒了 糊 糊了
"""

ZH_POSITIVE = """
    好 很好 非常好 真好 太好 挺好 还好 不错 很棒 棒 赞 超赞 点赞 给力 满意 很满意 喜欢 很喜欢 爱 开心 高兴 惊喜
    感谢 谢谢 多谢 辛苦 好吃 很好吃 好喝 美味 可口 香 新鲜 入味 正宗 鲜 嫩 酥 干净 卫生 热乎 热的 还热 快 很快
    速度快 准时 及时 神速 提前 漂亮 好看 美观 大方 精致 舒服 舒适 柔软 合身 合适 正好 好用 耐用 方便 流畅 清晰
    强大 完美 优秀 专业 耐心 热情 周到 贴心 细心 礼貌 亲切 友好 态度好 服务好 服务态度好 实惠 便宜 划算 性价比
    性价比高 超值 值得 物超所值 物美价廉 推荐 好评 五星 支持 回购 再来 再买 常来 下次还 还会 会再 正品 质量好
    包装好 足 分量足 量足 丰富 实在 良心 厚道 放心 信赖 顺利 省心 解决了 没问题 没毛病 不贵 不慢 很快就 一如既往
    经典 值 可爱 幸福 高档 轻便
"""

NEGATIVE = """
    bad worse worst terrible horrible awful poor poorly disappointing disappointed disappointment waste wasted
    boring bored bland slow rude dirty disgusting gross broken broke defective fail failed failure fails crap crappy
    sucks suck sucked stupid dumb lame mess ridiculous annoying annoyed angry hate hated avoid lacks lacking lacked
    lack unfortunately cheap overpriced refund wrong problem problems mediocre pathetic cold stale dry tasteless
    flavorless unprofessional useless unacceptable scam fake fraud late never nothing worthless uncomfortable
    difficult wait waited waiting ignored unbearable painful cheesy predictable pointless unwatchable cliche flat
    weak soggy burnt sick poisoning overcooked undercooked insulting insult frustrated frustrating regret complain
    complaint missing damaged torn dead died garbage trash joke excuse unhappy unfunny nasty hell ugly nowhere
    barely skip plot-less disaster mistake mistakes sadly underwhelming underwhelmed embarrassing kecewa rusak jelek
    lambat lama parah bohong tipu penipu mahal palsu salah kurang marah buruk komplain zonk lelet rosak teruk hampa
    tệ hỏng chậm lừa xấu dở
"""

POSITIVE = """
    good great excellent amazing awesome wonderful fantastic best better love loved loves lovely nice perfect
    perfectly delicious tasty fresh friendly happy pleased recommend recommended recommends beautiful beautifully
    fun funny enjoyed enjoy enjoyable favorite favourite fast quick quickly helpful attentive impressed impressive
    outstanding brilliant incredible superb solid comfortable thanks thank satisfied worth clean easy well fabulous
    terrific masterpiece touching hilarious clever interesting charming sweet tender juicy authentic generous
    reasonable gem cool classic talented phenomenal delightful spectacular pleasure pleasant glad works worked
    definitely always subtle powerful believable memorable extraordinary yummy heaven exceptional flavorful smooth
    stars crisp exquisite joy stunning captivating bagus mantap puas suka cepat senang keren oke terbaik ramah
    cantik murah makasih baik berbaloi hebat tốt đẹp nhanh thích tuyệt ưng
"""
NOT = """
    not no never don't didn't isn't wasn't won't can't cannot couldn't wouldn't doesn't hardly nor neither without
    aren't weren't tidak gak nggak ga bukan kurang tak không
"""
